import type { Instant } from "../../src/grant.ts";
import { isClean, type Receipt } from "../../src/receipt.ts";
import type { GrantView } from "../../src/views.ts";
import { type Html, html } from "./html.ts";
import { dataTable, factList, said } from "./words.ts";

function verdict(receipt: Receipt, { database }: GrantView): Html {
  const { username, formerServer, members } = receipt;
  if (!isClean(receipt))
    return html`<p class="verdict bad">✗ ${said(username)} left something behind on ${said(database)}.</p>`;
  if (members.length === 0)
    return html`<p class="verdict good">✓ ${said(username)} is gone with the server of ${said(database)}: RDS has ${said(formerServer?.id ?? "it")} no more.</p>`;
  return html`<p class="verdict good">✓ ${said(username)} is gone from ${said(database)}.</p>`;
}

function formerServer(it: Receipt["formerServer"]): Html | undefined {
  if (!it) return undefined;
  const fate = it.exists
    ? "it no longer stands under the database's name, and was read back where it is"
    : "RDS has it no more, so nobody can read it back";
  return html`<p>Made on server ${said(it.id)}: ${fate}.</p>`;
}

function more(count: number | undefined): Html | undefined {
  return count ? html`<p>And ${count} more.</p>` : undefined;
}

/**
 * The proof of an end: what the database's own catalogue said after the drop.
 * @param id of its heading, once in a document. @param at how the document writes instants.
 */
export function receiptSection(
  receipt: Receipt,
  grant: GrantView,
  id: string,
  at: (instant: Instant) => Html,
): Html {
  const { members, moved, residue, unlisted } = receipt;
  const clean = isClean(receipt);
  return html`<section aria-labelledby="${id}" class="receipt"><h2 id="${id}">Receipt</h2>
${verdict(receipt, grant)}
${factList([
  ["Users", receipt.users],
  ["Sessions", receipt.sessions],
  ["Privileges", receipt.privileges],
  ["Owned objects", receipt.objects],
  ["Prepared transactions", receipt.preparedTransactions],
  ["Open sessions that were ended", receipt.sessionsEnded],
  ["Fenced", at(receipt.fencedAt)],
  ["User dropped", receipt.droppedAt && at(receipt.droppedAt)],
  ["Read back", at(receipt.readBackAt)],
])}
${formerServer(receipt.formerServer)}
${
  members.length > 0
    ? dataTable(
        "Servers that were read back",
        ["Member", "Address", "Sessions", "At"],
        members.map((it) => [said(it.member), said(`${it.host}:${it.port}`), it.sessions, at(it.readAt)]),
        "",
      )
    : undefined
}
${
  moved.length > 0
    ? dataTable(
        "Data left behind, out of everybody's reach in jit_graveyard",
        ["What", "Database", "Grants to others that were stripped"],
        moved.map((it) => [said(`${it.kind} ${it.name}`), said(it.database), said(it.stripped.join("; "))]),
        "",
      )
    : undefined
}
${more(unlisted?.moved)}
${
  clean
    ? undefined
    : dataTable(
        "Residue",
        ["What", "Where", "Kind", "Statement that finishes it"],
        residue.map((it) => [
          said(it.what),
          said(it.where),
          it.kind.replaceAll("_", " "),
          it.statement && html`<code>${it.statement}</code>`,
        ]),
        "",
      )
}
${more(unlisted?.residue)}
</section>`;
}
