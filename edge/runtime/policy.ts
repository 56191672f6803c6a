/** What the settings say to the Participating Function: its limits in time and size, and the policies that the specification leaves open. */
import type { Settings } from '../../shared/settings.ts';
import type { ParticipatingOptions } from '../participating/desk.ts';

export type ParticipatingPolicy = Omit<
  ParticipatingOptions,
  | ('agent' | 'msrp' | 'edge' | 'domain' | 'factoryUser')
  | ('host' | 'sipPort' | 'msrpHost' | 'msrpPort' | 'uriParams')
  | ('newToken' | 'resolve' | 'isTrusted' | 'isElsewhere')
>;

const sessionTag = 'urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.';
const mediaTimeoutMaxMs = 10_000;

/** The options that come from the settings. */
export function policyOf(settings: Settings): ParticipatingPolicy {
  return {
    answerTimeoutMs: settings.answerTimeoutMs,
    mediaTimeoutMs: Math.min(settings.msrp.responseTimeoutMs, mediaTimeoutMaxMs),
    holdMs: settings.deferral.holdMs,
    messageBytesMax: settings.messageBytesMax,
    featureTag: `${sessionTag}${settings.group.inviteFeatureTag}`,
    oneToOneTag: `${sessionTag}session`,
    deferringIdentity: settings.deferral.identity ?? `sip:rcse-standfw@${settings.domain}`,
    isOldestFirst: settings.delivery.senderOrder === 'oldest-first',
    stopCodes: settings.delivery.stopCodes,
    notificationWay: settings.imdn.deliveryMode,
    isFirstRepeated: settings.delivery.repeatFirstMessage,
    isUnsubscribedAfterDelivery: settings.roster.unsubscribeAfterDelivery,
    isCpimToRewritten: settings.delivery.rewriteCpimTo,
    deferringCodes: settings.deferral.inviteCodes,
    isByeWithoutReasonVoluntary: settings.deferral.byeWithoutReason === 'voluntary',
    isStoreAndForward: settings.deferral.groupStoreAndForward,
    isInvitedWithoutPending: settings.delivery.inviteWithoutPending,
    deliveryRetries: settings.delivery.groupRetry,
    clientIdleMs: settings.clientIdleMs,
  };
}
