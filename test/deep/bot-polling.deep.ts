import { test } from "bun:test";
import { ACTION } from "../../bot/ports.ts";
import { expectWholeThread, holdWrites, startGitlabWorld } from "../bot/gitlab-world.ts";

const HOUR = 3_600_000;

test(
  "a run in GitLab is followed by asking only, every ten seconds, and GitLab is down for a while: the thread still comes to its end",
  async () => {
    await using started = await startGitlabWorld();
    const { world } = started;
    const offer = await world.offered();
    const goOn = holdWrites(world);
    await world.person().clicks(offer, ACTION.confirmRun);
    await world.posted(/started a run of/);
    world.sandbox.addFault({ kind: "503-html", service: "gitlab", path: "pipelines", times: 1_000_000 });
    const down = () => world.sandbox.requests.filter(({ service, fault }) => service === "gitlab" && fault).length;
    await world.until(() => down() > 0);
    await world.person().types("/zdsync status");
    await world.shown(/GitLab/);
    goOn();
    world.sandbox.clearFaults();
    await world.posted(/Done, nothing failed/);
    expectWholeThread(world, world.sandbox.pipelines.all()[0]?.id ?? 0);
  },
  HOUR,
);
