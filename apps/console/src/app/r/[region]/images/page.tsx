import { ImagesPage } from '@/images/images-page.tsx';

export default function Page() {
  return <ImagesPage />;
}
