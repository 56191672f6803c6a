/**
 * What wakes somebody at night: each alarm names what is wrong for users and what to look at. All go to one topic; what may wait for the
 * morning is on the dashboard only.
 */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { NetworkLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import * as limit from './limit.ts';
import { functionMetric, ownMetric, queueMetric, tableMetric } from './metric.ts';
import { functionQueues, type Names } from './names.ts';
import type { DeploymentSettings } from './settings.ts';

export type AlarmOptions = {
  readonly settings: DeploymentSettings;
  readonly names: Names;
  readonly balancer: NetworkLoadBalancer;
};

type Watch = {
  readonly id: string;
  readonly metric: IMetric;
  readonly above: number;
  /** Minutes in a row. */
  readonly minutes: number;
  readonly says: string;
};

/** Makes all alarms; answers how many. */
export function makeAlarms(scope: Construct, options: AlarmOptions): number {
  const topic = makeTopic(scope, options.settings);
  const watches = [
    ...queueWatches(options.names),
    ...functionWatches(options.names),
    ...edgeWatches(options),
  ];
  for (const { id, metric, above, minutes, says } of watches) {
    const alarm = new Alarm(scope, id, {
      alarmName: `${options.names.functionOf(id)}`,
      alarmDescription: says,
      metric,
      threshold: above,
      evaluationPeriods: minutes,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
  }
  return watches.length;
}

function makeTopic(scope: Construct, { alarmEmail, name }: DeploymentSettings): ITopic {
  const topic = new Topic(scope, 'Alarms', { topicName: `${name}-alarms`, enforceSSL: true });
  topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com'));
  if (alarmEmail !== null) topic.addSubscription(new EmailSubscription(alarmEmail));
  return topic;
}

function queueWatches(names: Names): readonly Watch[] {
  return Object.entries(names.queues).flatMap(([queue, { live, dead }]) => [
    {
      id: `${queue}-waits`,
      metric: queueMetric(live, 'ApproximateAgeOfOldestMessage'),
      above: limit.queueAgeS,
      minutes: limit.alarmMinutes,
      says: `Records of ${live} wait too long: look at the errors of whoever takes them.`,
    },
    {
      id: `${queue}-dead-letters`,
      metric: queueMetric(dead, 'ApproximateNumberOfMessagesVisible'),
      above: 0,
      minutes: 1,
      says: `Records of ${live} were given up: look at them with the operator's tool, then retry or drop them.`,
    },
  ]);
}

function functionWatches(names: Names): readonly Watch[] {
  const errors = [...functionQueues, 'sweep'].map((handler) => ({
    id: `${handler}-errors`,
    metric: functionMetric(names.functionOf(handler), 'Errors', 'Sum'),
    above: 0,
    minutes: limit.alarmMinutes,
    says: `The function ${names.functionOf(handler)} fails again and again: see its log.`,
  }));
  return [
    ...errors,
    {
      id: 'participation-throttled',
      metric: functionMetric(names.functionOf('participation'), 'Throttles', 'Sum'),
      above: 0,
      minutes: limit.alarmMinutes,
      says: 'Calls are refused for want of concurrency: raise the quota of the account.',
    },
    {
      id: 'table-throttled',
      metric: tableMetric(names.table, 'WriteThrottleEvents', 'Sum'),
      above: 0,
      minutes: limit.alarmMinutes,
      says: 'The table refuses writes: one key is too hot, or traffic grew faster than it follows.',
    },
    {
      id: 'conflicts',
      metric: ownMetric(names, 'Conflicts', 'Sum'),
      above: limit.conflictsPerMinute,
      minutes: limit.alarmMinutes,
      says: 'Writes lose races far too often: two edges may act for the same participations.',
    },
    {
      id: 'slow',
      metric: ownMetric(names, 'QueueToDone', 'p99'),
      above: limit.queueToDoneMs,
      minutes: limit.alarmMinutes,
      says: 'From report to decision takes too long: look at queue ages, throttles and the table.',
    },
  ];
}

function edgeWatches({ names, balancer }: AlarmOptions): readonly Watch[] {
  return [
    {
      id: 'edges-unhealthy',
      metric: new Metric({
        namespace: 'AWS/NetworkELB',
        metricName: 'UnHealthyHostCount',
        statistic: 'Maximum',
        period: Duration.minutes(1),
        dimensionsMap: { LoadBalancer: balancer.loadBalancerFullName },
      }),
      above: 0,
      minutes: limit.alarmMinutes,
      says: 'An edge is not ready: see the events of the service and the log of the edge.',
    },
    {
      id: 'server-errors',
      metric: ownMetric(names, 'ServerErrors', 'Sum'),
      above: limit.serverErrorsPerMinute,
      minutes: limit.alarmMinutes,
      says: 'Edges answer with 5xx: the queues or the table can not be reached, or an edge is full.',
    },
    {
      id: 'take-overs',
      metric: ownMetric(names, 'TakeOvers', 'Sum'),
      above: limit.takeOversPerMinute,
      minutes: limit.alarmMinutes,
      says: 'Sessions move between edges again and again: edges end unasked, see why the tasks stopped.',
    },
    {
      id: 'oldest-away',
      metric: ownMetric(names, 'OldestAway', 'Maximum'),
      above: limit.oldestAwayS,
      minutes: limit.alarmMinutes,
      says: 'Messages have waited for somebody for weeks and will expire: has registration stopped to reach us?',
    },
  ];
}
