import { HostsPage } from '@/hosts/hosts-page.tsx';

export default function Page() {
  return <HostsPage />;
}
