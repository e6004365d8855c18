import { WebhookPage } from '@/webhooks/webhook-page.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <WebhookPage id={decodeURIComponent(id)} />;
}
