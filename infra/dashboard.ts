/** One page that answers what an operator asks at night, in the order of asking: do people get their messages, is something stuck, who is to blame. */
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  Row,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { graphHeight, graphWidth } from './limit.ts';
import { functionMetric, ownMetric, queueMetric, tableMetric } from './metric.ts';
import { functionQueues, type Names } from './names.ts';

export type DashboardOptions = {
  readonly names: Names;
  readonly service: FargateService;
};

const rowWidth = 24;
const headHeight = 1;
const numberHeight = 4;

/** Makes the page. */
export function makeDashboard(scope: Construct, { names, service }: DashboardOptions): Dashboard {
  const dashboard = new Dashboard(scope, 'Dashboard', { dashboardName: names.metricService });
  const add = (title: string, ...graphs: GraphWidget[]) =>
    dashboard.addWidgets(head(title), new Row(...graphs));
  dashboard.addWidgets(head('Do people get their messages?'), numbers(names));
  add('Is something stuck?', ...stuck(names));
  add('Functions', ...functions(names));
  add('Edges', ...edges(names, service));
  return dashboard;
}

function head(title: string): TextWidget {
  return new TextWidget({ markdown: `## ${title}`, width: rowWidth, height: headHeight });
}

function graph(title: string, ...left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: graphWidth, height: graphHeight });
}

function numbers(names: Names): SingleValueWidget {
  return new SingleValueWidget({
    width: rowWidth,
    height: numberHeight,
    metrics: [
      ownMetric(names, 'OldestAway', 'Maximum').with({ label: 'Oldest deferral (s)' }),
      ownMetric(names, 'Away', 'Maximum').with({ label: 'Members away' }),
      ownMetric(names, 'Deferred', 'Sum').with({ label: 'Deferred a minute' }),
      ownMetric(names, 'Delivered', 'Sum').with({ label: 'Delivered a minute' }),
      ownMetric(names, 'Sessions', 'Sum').with({ label: 'Sessions' }),
    ],
  });
}

function stuck(names: Names): GraphWidget[] {
  const queues = Object.values(names.queues);
  return [
    graph(
      'Age of the oldest record (s)',
      ...queues.map(({ live }) => queueMetric(live, 'ApproximateAgeOfOldestMessage')),
    ),
    graph(
      'Dead letters',
      ...queues.map(({ dead }) => queueMetric(dead, 'ApproximateNumberOfMessagesVisible')),
    ),
    graph(
      'Parked, and groups that failed',
      ownMetric(names, 'Parked', 'Sum'),
      ownMetric(names, 'FailedGroups', 'Sum'),
    ),
  ];
}

function functions(names: Names): GraphWidget[] {
  const each = (metric: string, statistic: string) =>
    functionQueues.map((queue) => functionMetric(names.functionOf(queue), metric, statistic));
  return [
    graph(
      'From report to decision (ms)',
      ownMetric(names, 'QueueToDone', 'p50'),
      ownMetric(names, 'QueueToDone', 'p99'),
    ),
    graph('Errors and throttles', ...each('Errors', 'Sum'), ...each('Throttles', 'Sum')),
    graph(
      'Lost races, and writes the table refused',
      ownMetric(names, 'Conflicts', 'Sum'),
      tableMetric(names.table, 'WriteThrottleEvents', 'Sum'),
    ),
  ];
}

function edges(names: Names, service: FargateService): GraphWidget[] {
  return [
    graph('CPU and memory (%)', service.metricCpuUtilization(), service.metricMemoryUtilization()),
    graph(
      'Sessions and connections an edge',
      ownMetric(names, 'Sessions', 'Average'),
      ownMetric(names, 'Connections', 'Average'),
    ),
    graph(
      'Take-overs and answers 5xx',
      ownMetric(names, 'TakeOvers', 'Sum'),
      ownMetric(names, 'ServerErrors', 'Sum'),
    ),
  ];
}
