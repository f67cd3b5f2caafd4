CREATE TABLE outbox (
  id integer primary key autoincrement,
  key text not null unique,
  thread text,
  text text not null,
  blocks text not null,
  state text not null default 'pending' check (state in ('pending', 'sending', 'posted')),
  ts text,
  created_at integer not null,
  sent_at integer,
  attempts integer not null default 0,
  reason text,
  next_at integer not null default 0
);
CREATE TABLE process_starts (
      run_id text primary key,
      data_dir text not null,
      dry_run integer not null,
      pid integer,
      started_at text not null
    );
CREATE TABLE audit (
    id integer primary key autoincrement, at integer not null, team text not null, channel text not null, user text not null,
    what text not null, result text not null) strict;
CREATE TABLE run_offers (
      digest text primary key, team text not null, channel text not null, user text not null, instance text,
      counts text not null, expires_at integer not null, state text not null) strict;
CREATE TABLE run_starts (
      start integer primary key autoincrement, team text not null, channel text not null, user text not null, instance text,
      counts text not null, asked_at integer not null, run_id text unique, state text not null, told text not null) strict;
CREATE TABLE run_posts (
      place integer primary key autoincrement, start integer not null, post text not null) strict;
CREATE TABLE watch (name text primary key, value text not null) strict;
CREATE TABLE organization_states (
      message text not null, organization integer not null, state text not null, by text not null, at integer not null,
      count integer not null, addresses text not null, primary key (message, organization)) strict;
insert into outbox values (1, 'run 20261127T122752Z-05cd87 started', NULL, '<@U0ANN00001> started a run of global and us-government: run 20261127T122752Z-05cd87', '[{"type":"section","text":{"type":"mrkdwn","text":"<@U0ANN00001> started a run of global and us-government: run 20261127T122752Z-05cd87\nConfirmed, at most: Customers, global: 5 to create, 3 to update (1 loses support level), 1 to mark for deletion; Partners, global: 1 to create, 1 to update, 1 to mark for deletion; Customers, us-government: 1 to create, 1 to update, 1 to mark for deletion; Users, us-government: 2 to create, 3 to update, 1 to mark for deletion.","verbatim":true}}]', 'posted', '1795782472.732000', 1795782472724, 1795782472727, 1, NULL, 0);
insert into outbox values (2, 'run 20261127T122752Z-05cd87 parts 1', 'run 20261127T122752Z-05cd87 started', '✓ gather-accounts', '[{"type":"section","text":{"type":"mrkdwn","text":"✓ gather-accounts\n✓ gather-orgs global\n✓ gather-orgs us-government\n✓ process\n✓ compare global\n✓ compare us-government","verbatim":true}}]', 'posted', '1795782474.365000', 1795782474362, 1795782474363, 1, NULL, 0);
insert into outbox values (3, 'run 20261127T122752Z-05cd87 parts 2', 'run 20261127T122752Z-05cd87 started', '✓ sync global', '[{"type":"section","text":{"type":"mrkdwn","text":"✓ sync global\n✓ sync us-government\n✓ user-sync us-government","verbatim":true}}]', 'posted', '1795782476.365000', 1795782476364, 1795782476364, 1, NULL, 0);
insert into outbox values (4, 'run 20261127T122752Z-05cd87 parts 3', 'run 20261127T122752Z-05cd87 started', '✓ partner-sync global', '[{"type":"section","text":{"type":"mrkdwn","text":"✓ partner-sync global","verbatim":true}}]', 'posted', '1795782478.365000', 1795782478364, 1795782478364, 1, NULL, 0);
insert into outbox values (5, 'run 20261127T122752Z-05cd87 ended', 'run 20261127T122752Z-05cd87 started', '*Done, nothing failed* after 5 s: 25 applied, 0 failed, 3 skipped.', '[{"type":"section","text":{"type":"mrkdwn","text":"*Done, nothing failed* after 5 s: 25 applied, 0 failed, 3 skipped.\n• Customers, global: 5 created, 3 updated (1 lost support level), 1 marked for deletion, 4 contacts associated, 3 skipped\n• Partners, global: 1 created, 1 updated, 1 marked for deletion\n• Customers, us-government: 1 created, 1 updated, 1 marked for deletion\n• Users, us-government: 2 created, 3 updated, 1 marked for deletion\nrun 20261127T122752Z-05cd87 (report: `history/20261127T122752Z-05cd87` on vm)","verbatim":true}}]', 'posted', '1795782479.368000', 1795782478364, 1795782479366, 1, NULL, 0);
insert into outbox values (6, 'run 20261127T122802Z-40ac9f started', NULL, '<@U0ANN00001> started a run of global and us-government: run 20261127T122802Z-40ac9f', '[{"type":"section","text":{"type":"mrkdwn","text":"<@U0ANN00001> started a run of global and us-government: run 20261127T122802Z-40ac9f\nConfirmed, at most: Customers, global: 1 to update; Partners, global: nothing; Customers, us-government: nothing; Users, us-government: nothing.","verbatim":true}}]', 'posted', '1795782482.596000', 1795782482594, 1795782482595, 1, NULL, 0);
insert into outbox values (7, 'kept pending', NULL, 'A message that was pending.', '[]', 'pending', NULL, 1795782484021, NULL, 0, NULL, 0);
insert into outbox values (8, 'kept sending', NULL, 'A message that was sending.', '[]', 'sending', NULL, 1795782484021, 1795782484021, 1, NULL, 0);
insert into process_starts values ('20261127T122748Z-12e0b0', 'DATA_DIR/bot/dry-run', 1, 8656, '2026-11-27T12:27:48.664Z');
insert into process_starts values ('20261127T122752Z-05cd87', 'DATA_DIR', 0, 8732, '2026-11-27T12:27:52.379Z');
insert into process_starts values ('20261127T122759Z-574a53', 'DATA_DIR/bot/dry-run', 1, 8799, '2026-11-27T12:27:59.584Z');
insert into process_starts values ('20261127T122802Z-40ac9f', 'DATA_DIR', 0, 8818, '2026-11-27T12:28:02.372Z');
insert into audit values (1, 1795782468999, 'T0SANDBOX1', 'C0SANDBOX1', 'U0ANN00001', 'run', 'started the dry run, run 20261127T122748Z-12e0b0');
insert into audit values (2, 1795782472364, 'T0SANDBOX1', 'C0SANDBOX1', 'U0ANN00001', 'run', 'dry run: changes: global.creates=5 global.updates=3 global.marks=1 global.downgrades=1 usgov.creates=1 usgov.updates=1 usgov.marks=1 usgov.downgrades=0 partner.creates=1 partner.updates=1 partner.marks=1 partner.downgrades=0 usgov_user.creates=2 usgov_user.updates=3 usgov_user.marks=1 usgov_user.downgrades=0');
insert into audit values (3, 1795782472726, 'T0SANDBOX1', 'C0SANDBOX1', 'U0ANN00001', 'confirm global.creates=5 global.updates=3 global.marks=1 global.downgrades=1 usgov.creates=1 usgov.updates=1 usgov.marks=1 usgov.downgrades=0 partner.creates=1 partner.updates=1 partner.marks=1 partner.downgrades=0 usgov_user.creates=2 usgov_user.updates=3 usgov_user.marks=1 usgov_user.downgrades=0', 'started run 20261127T122752Z-05cd87');
insert into audit values (4, 1795782479554, 'T0SANDBOX1', 'C0SANDBOX1', 'U0ANN00001', 'retry contacts of organization 19501118404308', 'still nobody, 1 left alone');
insert into audit values (5, 1795782479574, 'T0SANDBOX1', 'C0SANDBOX1', 'U0ANN00001', 'mark organization 19501118404052 handled', 'done');
insert into audit values (6, 1795782479915, 'T0SANDBOX1', 'C0SANDBOX1', 'U0ANN00001', 'run', 'started the dry run, run 20261127T122759Z-574a53');
insert into audit values (7, 1795782482363, 'T0SANDBOX1', 'C0SANDBOX1', 'U0ANN00001', 'run', 'dry run: changes: global.creates=0 global.updates=1 global.marks=0 global.downgrades=0 usgov.creates=0 usgov.updates=0 usgov.marks=0 usgov.downgrades=0 partner.creates=0 partner.updates=0 partner.marks=0 partner.downgrades=0 usgov_user.creates=0 usgov_user.updates=0 usgov_user.marks=0 usgov_user.downgrades=0');
insert into audit values (8, 1795782482594, 'T0SANDBOX1', 'C0SANDBOX1', 'U0ANN00001', 'confirm global.creates=0 global.updates=1 global.marks=0 global.downgrades=0 usgov.creates=0 usgov.updates=0 usgov.marks=0 usgov.downgrades=0 partner.creates=0 partner.updates=0 partner.marks=0 partner.downgrades=0 usgov_user.creates=0 usgov_user.updates=0 usgov_user.marks=0 usgov_user.downgrades=0', 'started run 20261127T122802Z-40ac9f');
insert into run_offers values ('82d5f84f071af9fe5f187bd699bce1e4a584dd1feb419ae4ab5aa3f702a8ac6b', 'T0SANDBOX1', 'C0SANDBOX1', 'U0ANN00001', NULL, '{"global":{"creates":5,"updates":3,"marks":1,"downgrades":1},"partner":{"creates":1,"updates":1,"marks":1,"downgrades":0},"usgov":{"creates":1,"updates":1,"marks":1,"downgrades":0},"usgov_user":{"creates":2,"updates":3,"marks":1,"downgrades":0}}', 1795782772365, 'used');
insert into run_offers values ('aa578849097cf455d7c660cefd2aaf1fd45cb7769ee32d0ab50bcb32e6a614ed', 'T0SANDBOX1', 'C0SANDBOX1', 'U0ANN00001', NULL, '{"global":{"creates":0,"updates":1,"marks":0,"downgrades":0},"partner":{"creates":0,"updates":0,"marks":0,"downgrades":0},"usgov":{"creates":0,"updates":0,"marks":0,"downgrades":0},"usgov_user":{"creates":0,"updates":0,"marks":0,"downgrades":0}}', 1795782782364, 'used');
insert into run_starts values (1, 'T0SANDBOX1', 'C0SANDBOX1', 'U0ANN00001', NULL, '{"global":{"creates":5,"updates":3,"marks":1,"downgrades":1},"partner":{"creates":1,"updates":1,"marks":1,"downgrades":0},"usgov":{"creates":1,"updates":1,"marks":1,"downgrades":0},"usgov_user":{"creates":2,"updates":3,"marks":1,"downgrades":0}}', 1795782472377, '20261127T122752Z-05cd87', 'ended', '{"parts":{"gather-accounts":"done","gather-orgs global":"done","gather-orgs us-government":"done","process":"done","compare global":"done","compare us-government":"done","sync global":"done","sync us-government":"done","user-sync us-government":"done","partner-sync global":"done"},"held":[],"messages":3,"unseenSince":null,"unseenTold":0,"saidUnseen":false}');
insert into run_starts values (2, 'T0SANDBOX1', 'C0SANDBOX1', 'U0ANN00001', NULL, '{"global":{"creates":0,"updates":1,"marks":0,"downgrades":0},"partner":{"creates":0,"updates":0,"marks":0,"downgrades":0},"usgov":{"creates":0,"updates":0,"marks":0,"downgrades":0},"usgov_user":{"creates":0,"updates":0,"marks":0,"downgrades":0}}', 1795782482372, '20261127T122802Z-40ac9f', 'following', '{"parts":{},"held":[],"messages":0,"unseenSince":null,"unseenTold":0,"saidUnseen":false}');
insert into watch values ('state', '{"expectedSince":"2026-11-27T12:27:48.630Z","judgedUntil":"2026-11-27T12:27:57.819Z","run":null,"records":null,"unseen":null,"told":[]}');
insert into watch values ('credentials told on', '2026-11-27');
insert into organization_states values ('1795782476.235000', 19501118404308, 'still nobody', 'U0ANN00001', 1795782479553, 0, '[{"email":"kellen.bogisich@viral-bear.example","reason":"user 19501118404436 belongs to organization 19501118404180"}]');
insert into organization_states values ('1795782476.235000', 19501118404052, 'handled', 'U0ANN00001', 1795782479574, 0, '[]');
CREATE INDEX audit_at on audit (at);
CREATE TRIGGER audit_no_update before update on audit
    begin select raise(abort, 'entries of the audit log are never changed'); end;
CREATE TRIGGER audit_no_replace before insert on audit
    when exists (select 1 from audit where id = new.id)
    begin select raise(abort, 'entries of the audit log are never changed'); end;
CREATE TRIGGER audit_no_delete before delete on audit
    when old.at >= (select max(at) from audit) - 31536000000
    begin select raise(abort, 'entries of the audit log are kept for a year'); end;
