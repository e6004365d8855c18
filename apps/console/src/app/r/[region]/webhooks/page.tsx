import { WebhooksPage } from '@/webhooks/webhooks-page.tsx';

export default function Page() {
  return <WebhooksPage />;
}
