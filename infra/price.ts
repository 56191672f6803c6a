/** List prices of us-east-1 in dollars, without free tiers. What a deployment takes at other prices is these figures multiplied. */

const million = 1_000_000;

/** What every message costs something of. */
export const trafficPrice = {
  /** DynamoDB on demand: a write of up to 1 KB, a consistent read of up to 4 KB. */
  writeUnit: 0.625 / million,
  readUnit: 0.125 / million,
  /** SQS FIFO: a request of up to 64 KB. */
  queueRequest: 0.5 / million,
  /** Lambda on Arm. */
  functionCall: 0.2 / million,
  functionGibSecond: 0.000_013_333_4,
} as const;

/** What costs something by the hour or the month, whether it is used or not. */
export const standingPrice = {
  fargateCpuHour: 0.032_38,
  fargateGibHour: 0.003_56,
  balancerHour: 0.0225,
  endpointHour: 0.01,
  natHour: 0.045,
  publicAddressHour: 0.005,
  keyMonth: 1,
  secretMonth: 0.4,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  metricMonth: 0.3,
} as const;
