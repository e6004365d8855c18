import { RecycleBinPage } from '@/recycle-bin/recycle-bin-page.tsx';

export default function Page() {
  return <RecycleBinPage />;
}
