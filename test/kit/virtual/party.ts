/**
 * Somebody with a script in a virtual world: what clients and focuses have in common, and what a test can have them do. What they answer by
 * themselves is in `callee.ts`.
 */
import type { Call, Invite } from './call.ts';
import { Callee, sdpType } from './callee.ts';
import { pf } from './describe.ts';

export abstract class Party extends Callee {
  invite(invite: Invite): Call {
    return this.node.do(() => {
      const session = this.node.msrp.open();
      const sdp = this.manners.sdp ?? this.describe(session, 'actpass', invite.direction);
      const { contentType, body } = invite.body?.(sdp) ?? { contentType: sdpType, body: sdp };
      const headers = [...invite.headers, ...this.own(contentType)];
      const draft = { method: 'INVITE', uri: invite.uri, headers, body };
      const dialog = this.node.agent.invite(this.node.nowMs, draft, pf);
      return this.begin(dialog, session);
    });
  }

  cancel(call: Call = this.call): void {
    call.isGivenUp = true;
    this.node.do(() => this.node.agent.cancel(this.node.nowMs, call.dialog));
  }

  bye(reason?: string, call: Call = this.call): void {
    const headers = reason === undefined ? [] : [{ name: 'Reason', value: reason }];
    this.node.do(() => {
      this.node.agent.bye(this.node.nowMs, call.dialog, headers);
      this.over(call);
    });
  }

  /** Brings other media within the dialog, or the same again. */
  reinvite(call: Call = this.call, body?: Uint8Array): void {
    this.node.do(() => {
      const before = call.session;
      if (body === undefined) {
        call.session = this.node.msrp.open();
        call.isUp = false;
      }
      const draft = {
        headers: this.own(),
        body: body ?? this.describe(call.session, 'actpass'),
      };
      const transaction = this.node.agent.reinvite(this.node.nowMs, call.dialog, draft);
      this.onResponse.set(transaction, (response) => this.complete(call, response));
      if (before !== call.session) this.node.msrp.close(this.node.nowMs, before);
    });
  }

  /** Sends the session description once more as it is. */
  refresh(call: Call = this.call): void {
    this.reinvite(
      call,
      this.node.do(() => this.describe(call.session, 'actpass')),
    );
  }

  /** Sends a request of any kind within a session. */
  ask(call: Call, method: string): void {
    this.node.do(() =>
      this.node.agent.requestInDialog(this.node.nowMs, call.dialog, { method, headers: [] }),
    );
  }
}
