/** Bounds of what is deployed, each with its reason. */

/** A call of a function: a batch of ten takes well under a second, the rest is for a store that is slow. */
export const functionTimeoutS = 20;
/**
 * How long a record stays hidden after it was given to a function. Longer than the call, with room for Lambda to try again when it is
 * throttled; not six times as long, because the records of a group that failed wait for it, and so does whoever they are for.
 */
export const visibilityS = 45;
/**
 * Receipts after which a record moves to the dead letters. High, because a failing store is no reason to park a record: together with
 * the visibility this is an outage of more than half a day. What can't be decoded is parked by the function at once.
 */
export const receivesMax = 1000;
/** The longest that SQS keeps a record. A dead letter waits for a person. */
export const queueRetentionDays = 14;
/** Records of one call, as the handlers and the pump expect. */
export const batchRecordsMax = 10;
/** As SQS allows it at the least for an event source. */
export const concurrencyMin = 2;
/** Function memory: more buys CPU, and a batch spends its time waiting. */
export const functionMemoryMib = 512;
/** The sweep reads pages of participations; a call about dead letters moves thousands. */
export const sweepTimeoutS = 120;
/** How often lost edges are looked for and what waits is measured. */
export const sweepEveryMinutes = 5;
/** A bundle that is larger starts slower; the handlers with their clients stay well below. */
export const bundleBytesMax = 1_000_000;
/** Bodies of messages outlive the longest lifetime of a message a little, so that none is missing while its message is read. */
export const bodySpareDays = 2;
/** Parts of an upload that was never finished. */
export const uploadDays = 1;
/**
 * How long a container may take to end after it was asked to: more than the edge itself gives its draining, less than the two minutes that
 * Fargate allows.
 */
export const stopTimeoutS = 60;
/** How long the load balancer goes on with the flows of an edge that is leaving, before the edge is asked to end. */
export const deregistrationS = 30;
/** How long a new edge may take over from others before its health counts. */
export const healthGraceS = 60;
export const healthEveryS = 10;
export const healthyAfter = 2;
export const unhealthyAfter = 3;
/** CPU that leaves room for the sessions of an edge that is lost. */
export const cpuTargetPercent = 50;
/** Starting is quick and cheap; ending moves sessions, so it is slow. */
export const scaleOutCooldownS = 60;
export const scaleInCooldownS = 600;
/** Zones without a say in the settings. */
export const zonesDefault = 2;
/** Alarms: so many minutes in a row, so that one hiccup wakes nobody. */
export const alarmMinutes = 5;
/** A record that is older waits for something that is broken; on a good day it is some tens of milliseconds. */
export const queueAgeS = 120;
export const queueToDoneMs = 5000;
/** Lost races are normal now and then; this many a minute come from two that act for one. */
export const conflictsPerMinute = 300;
export const serverErrorsPerMinute = 60;
/** One edge that is lost or replaced moves its sessions once; this rate for minutes is a loop. */
export const takeOversPerMinute = 500;
/** Four days before the default lifetime of messages ends. */
export const oldestAwayS = 26 * 24 * 3600;
/** Width of a dashboard row's parts; a row has 24. */
export const graphWidth = 8;
export const graphHeight = 6;
