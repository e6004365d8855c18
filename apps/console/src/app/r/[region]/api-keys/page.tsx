import { ApiKeysPage } from '@/api-keys/api-keys-page.tsx';

export default function Page() {
  return <ApiKeysPage />;
}
