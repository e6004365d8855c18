import { NetworksPage } from '@/networks/networks-page.tsx';

export default function Page() {
  return <NetworksPage />;
}
