export type {
  ActionAnswer,
  AuditPage,
  AuditView,
  ClusterView,
  DefinitionChange,
  EventPage,
  EventView,
  GraphNode,
  GraphView,
  InstancePage,
  InstanceView,
  LogChunk,
  LogEnd,
  MeView,
  NodeState,
  OverviewView,
  PageQuery,
  PasswordChange,
  ProblemView,
  ProjectChange,
  ProjectCreate,
  ProjectPage,
  ProjectView,
  ReasonView,
  SignInRequest,
  StartAnswer,
  StartRequest,
  TaskInstancePage,
  TaskInstanceView,
  TaskTypePage,
  TaskTypeView,
  TokenCreate,
  TokenCreated,
  TokenPage,
  TokenView,
  VersionDetail,
  VersionDiff,
  VersionPage,
  VersionView,
  WhyItem,
  WhyView,
  WorkerCounts,
  WorkerPage,
  WorkerView,
  WorkflowDetail,
  WorkflowPage,
  WorkflowSaved,
  WorkflowView,
} from '@vaquita/api/views';
export type {
  FailureStrategy,
  Priority,
  Problem,
  Scope,
  StateFamily,
  TaskState,
  WorkflowDocument,
  WorkflowState,
} from '@vaquita/core';
export { ApiError } from './api-error.ts';
export { createClient, type VaquitaClient } from './client.ts';
export { eachItem } from './pages.ts';
export type { SessionClient, TokensClient } from './resources/access.ts';
export type { InstanceQuery, InstancesClient } from './resources/instances.ts';
export type { AuditClient, EventStreamOptions, OperationsClient, WorkersClient } from './resources/operations.ts';
export type { ProjectsClient } from './resources/projects.ts';
export type {
  LogFollowOptions,
  LogMessage,
  LogQuery,
  TaskInstancesClient,
} from './resources/task-instances.ts';
export type { DefinitionInput, WorkflowsClient } from './resources/workflows.ts';
export { followStream, readMessages, type ServerSentEvent, type StreamStatus } from './server-sent-events.ts';
export type { CallOptions, ClientOptions, Fetch, PostOptions, Timers } from './transport.ts';
