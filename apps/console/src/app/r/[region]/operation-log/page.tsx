import { OperationLogPage } from '@/operation-log/operation-log-page.tsx';

export default function Page() {
  return <OperationLogPage />;
}
