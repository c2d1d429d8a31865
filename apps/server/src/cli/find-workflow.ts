/** A workflow that may not be there yet. */
import { ApiError, type VaquitaClient, type WorkflowView } from '@vaquita/client';

/** @throws ApiError when it cannot be said; a project that is not there has no workflows. */
export async function findWorkflow(
  client: VaquitaClient,
  project: string,
  name: string,
): Promise<WorkflowView | undefined> {
  try {
    return await client.workflows.get(project, name);
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.code === 'not_found') return undefined;
    throw thrown;
  }
}
