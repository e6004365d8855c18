import { notFound } from 'next/navigation';
import { vmTabs } from '@/paths.ts';
import { VmTab } from '@/vms/detail/vm-tab.tsx';

export default async function Page({ params }: { params: Promise<{ tab: string }> }) {
  const { tab } = await params;
  const known = vmTabs.find((item) => item === tab);
  if (known === undefined) notFound();
  return <VmTab tab={known} />;
}
