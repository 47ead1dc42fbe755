/** A revoke as one or more passes: a grant that was just committing when its revoke began can bring the user back. */
import type { Receipt } from "../receipt.ts";

export interface Pass {
  receipt: Receipt;
  /** Nothing that was seen stood in the way of the drop, and yet the user or a session of it is there. */
  cameBack: boolean;
}

const most = 3;

/** Once more from the start while the user comes back. @returns the last pass's findings with the deeds of all. */
export async function revokePasses(once: () => Promise<Pass>): Promise<Receipt> {
  let { receipt, cameBack } = await once();
  for (let pass = 1; pass < most && cameBack; pass++) {
    const later = await once();
    receipt = after(receipt, later.receipt);
    cameBack = later.cameBack;
  }
  return receipt;
}

function after(earlier: Receipt, later: Receipt): Receipt {
  return {
    ...later,
    sessionsEnded: earlier.sessionsEnded + later.sessionsEnded,
    ended: [...(earlier.ended ?? []), ...(later.ended ?? [])],
    moved: [...earlier.moved, ...later.moved],
  };
}
