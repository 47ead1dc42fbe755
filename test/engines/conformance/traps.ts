/** People who wait for our admin, and admins who must be able to take over. */
import { expect } from "vitest";
import type { Harness } from "./harness.ts";
import { clock, expectGone, granted, story } from "./story.ts";

export function trapStories<Connection>(harness: Harness<Connection>): void {
  const { adapter } = harness;

  story(
    harness,
    "a bystander's functions and operators never run as our admin",
    async (stage) => {
      await stage.root(`GRANT CREATE ON SCHEMA public TO PUBLIC; CREATE TABLE public.caught (who text, by text);
      GRANT INSERT ON public.caught TO PUBLIC`);
      for (const [name, words, result] of [
        ["pg_terminate_backend", "int, int", "boolean"],
        ["pg_terminate_backend", "int", "boolean"],
        ["count", "int", "bigint"],
        ["quote_ident", "name", "text"],
        ["upper", "text", "text"],
        ["shobj_description", "oid, text", "text"],
        ["pg_identify_object", "oid, oid, int", "text"],
      ]) {
        await stage.root(`CREATE FUNCTION public.${name}(${words}) RETURNS ${result} LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO public.caught VALUES (current_user, '${name}'); RETURN NULL; END $$`);
      }
      await stage.root(`CREATE FUNCTION public.same(oid, int) RETURNS boolean LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO public.caught VALUES (current_user, '='); RETURN false; END $$;
      CREATE OPERATOR public.= (LEFTARG = oid, RIGHTARG = int, FUNCTION = public.same);
      CREATE TABLE public.pg_roles AS SELECT 1 AS oid`);
      const person = await granted(harness, stage);
      await stage.root(`GRANT CREATE ON SCHEMA app TO ${person.user.username}`);
      const session = await person.login();
      await session.query("CREATE TABLE app.copy AS SELECT * FROM app.orders");
      await adapter.prepare(stage.door(), [stage.reader]);
      await adapter.list(stage.door(), [stage.reader.name]);
      await adapter.inspect(person.door, person.known, clock);
      const checks = await adapter.doctor(stage.door(), [stage.reader]);
      expect(checks.find(({ id }) => id === "public_create")).toMatchObject({
        ok: false,
        repair: `REVOKE CREATE ON SCHEMA "public" FROM PUBLIC`,
      });
      const receipt = await person.revoke();
      await session.ended;
      await expectGone(stage, person, receipt);
      const caught = "SELECT by FROM public.caught WHERE who = 'master'";
      expect(await stage.root(caught)).toEqual([]);
      // The trap is a real one: the same admin without our settings walks into it.
      await stage.admin("SELECT pg_terminate_backend(0, 1)");
      expect(await stage.root(caught)).toEqual([{ by: "pg_terminate_backend" }]);
    },
    ["search path"],
  );

  story(harness, "a name that somebody calls their connection holds up no revoke", async (stage) => {
    const person = await granted(harness, stage);
    await stage.createLogin("loud", "loud");
    const loud = await stage.login("loud", "loud");
    await harness.callItself(loud, `dblease/${person.user.marker.grantId}`);
    await expectGone(stage, person, await person.revoke());
    expect(await loud.query("SELECT 1 AS alive")).toEqual([{ alive: 1 }]);
    await loud.close();
    await stage.dropLogin("loud");
  });

  story(
    harness,
    "a second admin that joined the owner role revokes what the first one granted",
    async (stage) => {
      const person = await granted(harness, stage);
      await stage.createDeputy();
      const check = async () =>
        (await adapter.doctor(stage.door(undefined, "deputy"), [stage.reader])).find(
          ({ id }) => id === harness.deputyCheck,
        );
      if (harness.deputyCheck !== undefined) {
        const failed = await check();
        expect(failed).toMatchObject({ ok: false });
        await stage.admin(failed?.repair ?? "");
        expect(await check()).toMatchObject({ ok: true });
      }
      const door = stage.door(person.user.marker.grantId, "deputy");
      await expectGone(stage, person, await adapter.revoke(door, person.known, clock));
      await stage.dropLogin("deputy");
    },
  );

  story(
    harness,
    "a second admin that did not join is told what to run, and touches nothing",
    async (stage) => {
      const person = await granted(harness, stage);
      await stage.createDeputy();
      const door = stage.door(person.user.marker.grantId, "deputy");
      await expect(adapter.revoke(door, person.known, clock)).rejects.toMatchObject({
        code: "ADMIN_LACKS_RIGHTS",
      });
      await expect(adapter.prepare(door, [stage.reader])).rejects.toMatchObject({
        code: "ADMIN_LACKS_RIGHTS",
      });
      await (await person.login()).close();
      await expectGone(stage, person, await person.revoke());
      await stage.dropLogin("deputy");
    },
    ["owned roles"],
  );

  story(
    harness,
    "a member that cannot be reached keeps the grant from being called revoked",
    async (stage) => {
      const person = await granted(harness, stage);
      const [writer] = person.door.members;
      if (!writer) throw new Error("every stage has a writer");
      const away = { id: "reader", host: writer.host, port: 1 };
      const door = {
        members: [writer, away],
        database: person.door.database,
        open: (target: Parameters<typeof person.door.open>[0]) =>
          target?.member?.id === "reader"
            ? Promise.reject(Object.assign(new Error("away"), { code: "ECONNREFUSED" }))
            : person.door.open(target),
      };
      const receipt = await adapter.revoke(door, person.known, clock);
      expect(receipt.droppedAt).toBeUndefined();
      expect(receipt.residue.map(({ kind, where }) => `${kind} ${where}`)).toContain("unreachable reader");
      expect(receipt.members.map(({ member }) => member)).toEqual(["writer"]);
      await expect(person.login()).rejects.toThrow();
      await expectGone(stage, person, await person.revoke());
    },
  );

  story(harness, "every member that can be reached is read back and named", async (stage) => {
    const person = await granted(harness, stage);
    const session = await person.login();
    const [writer] = person.door.members;
    if (!writer) throw new Error("every stage has a writer");
    const members = [writer, { ...writer, id: "reader" }];
    const receipt = await adapter.revoke({ ...person.door, members }, person.known, clock);
    await session.ended;
    expect(receipt.members.map(({ member, sessions }) => `${member} ${sessions}`)).toEqual([
      "writer 0",
      "reader 0",
    ]);
    await expectGone(stage, person, receipt);
  });
}
