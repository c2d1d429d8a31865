/** The version of this agent, told to the server and by `--version`. A test holds it equal to package.json. */
export const AGENT_VERSION = '0.1.0';
