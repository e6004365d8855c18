import { ClustersPage } from '@/clusters/clusters-page.tsx';

export default function Page() {
  return <ClustersPage />;
}
