import { SessionGate } from '@/session/session-gate.tsx';

/** The home address leads to the overview of the first region the account may see. */
export default function HomePage() {
  return <SessionGate regionKey={undefined}>{null}</SessionGate>;
}
