import { VmTab } from '@/vms/detail/vm-tab.tsx';

export default function Page() {
  return <VmTab tab="overview" />;
}
