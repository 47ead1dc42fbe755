import { median } from "../quantile.ts";
import type { BenchStage, Made } from "./bench-stage.ts";
import type { Record } from "./recorded-door.ts";

/** Milliseconds, one of each a round; whatever slows the machine slows all of a round alike. */
export interface Samples {
  login: number[];
  grant: { dblease: number[]; bare: number[]; byHand: number[] };
  revoke: { dblease: number[]; bare: number[]; byHand: number[] };
}

export class Pairs<Connection> {
  readonly on: BenchStage<Connection>;
  readonly samples: Samples = {
    login: [],
    grant: { dblease: [], bare: [], byHand: [] },
    revoke: { dblease: [], bare: [], byHand: [] },
  };
  /** Of the last round. */
  traffic: { grant: Record; revoke: Record } = {
    grant: { logins: 0, trips: [] },
    revoke: { logins: 0, trips: [] },
  };
  private last: { grant: { made: Made; record: Record }; revoke: { made: Made; record: Record } } | undefined;

  constructor(on: BenchStage<Connection>) {
    this.on = on;
  }

  /** Our grant and revoke, and the same statements by a bare login, in turns; then by hand, then the login alone. */
  async round(): Promise<void> {
    const { grant, revoke, login } = this.samples;
    const bareFirst = this.last !== undefined && grant.dblease.length % 2 === 1;
    if (bareFirst) await this.bare();
    const granted = await this.on.grant();
    const revoked = await this.on.revoke(granted.made);
    grant.dblease.push(granted.ms);
    revoke.dblease.push(revoked.ms);
    this.traffic = { grant: granted.record, revoke: revoked.record };
    this.last = { grant: granted, revoke: { made: granted.made, record: revoked.record } };
    if (!bareFirst) await this.bare();
    await this.byHand();
    login.push(await this.on.bare([]));
  }

  ratio(step: "grant" | "revoke", beside: "bare" | "byHand"): number {
    return median(this.samples[step].dblease) / median(this.samples[step][beside]);
  }

  private async bare(): Promise<void> {
    if (!this.last) return;
    const { ms, made } = await this.on.bareGrant(this.last.grant);
    this.samples.grant.bare.push(ms);
    this.samples.revoke.bare.push(await this.on.bareRevoke(made, this.last.revoke));
  }

  private async byHand(): Promise<void> {
    const { byHand } = this.on.engine;
    const { user, known } = this.on.someone();
    this.samples.grant.byHand.push(await this.on.bare(byHand.grant(user).map((text) => [text])));
    this.samples.revoke.byHand.push(await this.on.bare(byHand.revoke(known).map((text) => [text])));
  }
}
