import { VmFrame } from '@/vms/detail/vm-frame.tsx';

/** The title band stays while the tabs change below it. */
export default async function VmLayout({
  children,
  params,
}: {
  children: React.ReactNode;
  params: Promise<{ id: string }>;
}) {
  return <VmFrame id={(await params).id}>{children}</VmFrame>;
}
