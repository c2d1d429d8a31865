/**
 * What every store must do, whatever it keeps its rows in. An implementation passes by calling `describeStoreContract`
 * from a test file of its own.
 */
import { afterEach, beforeEach, describe } from 'vitest';
import type { Store } from '../ports/store.ts';
import { describeAlertFiling } from './contract/alert-filing.ts';
import { describeAlertTargets } from './contract/alert-targets.ts';
import { describeAlerts } from './contract/alerts.ts';
import { describeBackfillQueue } from './contract/backfill-queue.ts';
import { describeBackfills } from './contract/backfills.ts';
import { describeChildren } from './contract/children.ts';
import { describeDataSources } from './contract/data-sources.ts';
import { describeDefinitions } from './contract/definitions.ts';
import { describeEnvironments } from './contract/environments.ts';
import { describeFiling } from './contract/filing.ts';
import { PROJECT, project, version, WORKFLOW, workflow, workflowEvent } from './contract/fixtures.ts';
import { describeListenerEvents } from './contract/listener-events.ts';
import { listenerLogOf } from './contract/listener-log.ts';
import { describeListenerPlugins } from './contract/listener-plugins.ts';
import { describeListenerRecord } from './contract/listener-record.ts';
import { describeListeners } from './contract/listeners.ts';
import { describeMaster } from './contract/master.ts';
import { describeNames } from './contract/names.ts';
import { describeOtherRuns } from './contract/other-runs.ts';
import { describePeople } from './contract/people.ts';
import { describePlaces } from './contract/places.ts';
import { describeReconcile } from './contract/reconcile.ts';
import { describeRetention } from './contract/retention.ts';
import { describeRunHistory } from './contract/run-history.ts';
import { describeRuns } from './contract/runs.ts';
import { describeScheduleQueue } from './contract/schedule-queue.ts';
import { describeSchedules } from './contract/schedules.ts';
import { describeTaskGroups } from './contract/task-groups.ts';
import { describeTaskList } from './contract/task-list.ts';
import { describeTriggers } from './contract/triggers.ts';
import { describeWatching } from './contract/watching.ts';
import { describeWorkerGroups } from './contract/worker-groups.ts';
import { describeWorkers } from './contract/workers.ts';
import { describeWorkflowFigures } from './contract/workflow-figures.ts';
import { describeWorkflowHistory } from './contract/workflow-history.ts';
import { describeWorkflowLinks } from './contract/workflow-links.ts';
import { describeListenerLog } from './listener-log-contract.ts';
import type { AlertTargets } from './memory-store.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Makes this the epoch of the held leader lock; null releases it. */
  lead(epoch: number | null): Promise<void>;
  /** Has these told of alerts. */
  putAlertTargets(targets: AlertTargets): Promise<void>;
  /** Closes the store and frees what it used. */
  close(): Promise<void>;
}

/** The store under test, opened anew for each test with one project and one workflow in it. */
export interface Subject {
  readonly store: Store;
  lead(epoch: number | null): Promise<void>;
  putAlertTargets(targets: AlertTargets): Promise<void>;
}

export function describeStoreContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`store contract: ${name}`, () => {
    let opened: OpenedStore;
    const subject: Subject = {
      get store() {
        return opened.store;
      },
      lead: (epoch) => opened.lead(epoch),
      putAlertTargets: (targets) => opened.putAlertTargets(targets),
    };

    beforeEach(async () => {
      opened = await open();
      await opened.store.projects.create(project(PROJECT, 'first'));
      await opened.store.workflows.create(workflow(WORKFLOW), version(WORKFLOW), workflowEvent(WORKFLOW));
    });
    afterEach(() => opened.close());

    describeDefinitions(subject);
    describeRuns(subject);
    describeMaster(subject);
    describeFiling(subject);
    describeAlertFiling(subject);
    describeWorkers(subject);
    describePlaces(subject);
    describeReconcile(subject);
    describeRetention(subject);
    describeChildren(subject);
    describeOtherRuns(subject);
    describeRunHistory(subject);
    describeWorkflowHistory(subject);
    describeTaskList(subject);
    describeWorkflowFigures(subject);
    describeWorkflowLinks(subject);
    describeNames(subject);
    describeSchedules(subject);
    describeScheduleQueue(subject);
    describeBackfills(subject);
    describeBackfillQueue(subject);
    describeEnvironments(subject);
    describeDataSources(subject);
    describeTaskGroups(subject);
    describeWorkerGroups(subject);
    describeAlertTargets(subject);
    describePeople(subject);
    describeAlerts(subject);
    describeListeners(subject);
    describeListenerRecord(subject);
    describeListenerEvents(subject);
    describeListenerPlugins(subject);
    describeListenerLog(listenerLogOf(subject));
    describeTriggers(subject);
    describeWatching(subject);
  });
}
