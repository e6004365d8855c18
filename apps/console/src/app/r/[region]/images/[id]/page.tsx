import { ImagePage } from '@/images/image-page.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <ImagePage id={id} />;
}
