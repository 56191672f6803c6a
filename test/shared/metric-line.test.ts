import { describe, expect, test } from 'vitest';
import { metricFields, metricUnits } from '../../shared/metric-line.ts';

describe('the numbers of a log line', () => {
  test('a line names its metrics with their units and carries their values beside', () => {
    const fields = metricFields('rejoin', { Parked: 2, QueueToDone: [3, 4] }, 1000);
    expect(fields).toEqual({
      _aws: {
        Timestamp: 1000,
        CloudWatchMetrics: [
          {
            Namespace: 'Rejoin',
            Dimensions: [['Service']],
            Metrics: [
              { Name: 'Parked', Unit: 'Count' },
              { Name: 'QueueToDone', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      Service: 'rejoin',
      Parked: 2,
      QueueToDone: [3, 4],
    });
  });

  test('a list is cut to what one line may hold', () => {
    const many = Array.from({ length: 150 }, (_, index) => index);
    expect(metricFields('rejoin', { QueueToDone: many }, 0).QueueToDone).toHaveLength(100);
  });

  test('no name stands for the dimension too', () => {
    expect(Object.keys(metricUnits)).not.toContain('Service');
  });
});
