CREATE TABLE notices (channel text, organization_id integer, at integer not null, primary key (channel, organization_id));
CREATE TABLE notice_parents (channel text, run_id text, ts text not null, at integer not null, primary key (channel, run_id));
insert into notices values ('C0SANDBOX1', 19501118404308, 1795782475192);
insert into notices values ('C0SANDBOX1', 19501118404052, 1795782475192);
insert into notices values ('C0SANDBOX1', 19442893058644, 1795782475192);
insert into notice_parents values ('C0SANDBOX1', '20261127T122752Z-05cd87', '1795782475.231000', 1795782475192);
