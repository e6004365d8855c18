/** Of this agent; region and agent may differ by one minor version. */
export const AGENT_VERSION = '0.1.0';
