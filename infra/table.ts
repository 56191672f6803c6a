/**
 * The one table: items and segments of deferred messages. Its keys are those of `shared/dynamodb`; who may do what with it is in
 * `table-grants.ts`.
 */
import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { ownerIndex } from '../shared/dynamodb/shape.ts';

export type TableOptions = {
  readonly name: string;
  readonly key: IKey | undefined;
  /** Keep the table, and what can be restored of it, whatever happens to the stack. */
  readonly retain: boolean;
};

/** Makes the table: on demand, encrypted, restorable to any second of the last weeks. */
export function makeTable(scope: Construct, { name, key, retain }: TableOptions): Table {
  const table = new Table(scope, 'Table', {
    tableName: name,
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    timeToLiveAttribute: 'ttl',
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: retain,
    removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    ...(key === undefined
      ? { encryption: TableEncryption.DEFAULT }
      : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }),
  });
  table.addGlobalSecondaryIndex({
    indexName: ownerIndex,
    partitionKey: { name: 'owner', type: AttributeType.STRING },
    sortKey: { name: 'at', type: AttributeType.STRING },
    projectionType: ProjectionType.KEYS_ONLY,
  });
  return table;
}
