import { VmCreatePage } from '@/vms/create/vm-create-page.tsx';

export default function Page() {
  return <VmCreatePage />;
}
