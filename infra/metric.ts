/** The metrics that alarms and the dashboard look at: our own, from the log lines of edge and functions, and those of AWS. */
import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type MetricName, metricNamespace, serviceDimension } from '../shared/metric-line.ts';
import type { Names } from './names.ts';

const period = Duration.minutes(1);

/** One of our own. */
export function ownMetric(names: Names, metricName: MetricName, statistic: string): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    statistic,
    period,
    dimensionsMap: { [serviceDimension]: names.metricService },
  });
}

/** One that a queue has. */
export function queueMetric(queue: string, metricName: string): Metric {
  const dimensionsMap = { QueueName: queue };
  return new Metric({
    namespace: 'AWS/SQS',
    metricName,
    statistic: 'Maximum',
    period,
    dimensionsMap,
  });
}

/** One that a function has. */
export function functionMetric(name: string, metricName: string, statistic: string): Metric {
  const dimensionsMap = { FunctionName: name };
  return new Metric({ namespace: 'AWS/Lambda', metricName, statistic, period, dimensionsMap });
}

/** One that the table has. */
export function tableMetric(name: string, metricName: string, statistic: string): Metric {
  const dimensionsMap = { TableName: name };
  return new Metric({ namespace: 'AWS/DynamoDB', metricName, statistic, period, dimensionsMap });
}
