import { VmListPage } from '@/vms/list/vm-list-page.tsx';

export default function Page() {
  return <VmListPage />;
}
