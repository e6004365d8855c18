import { AuthFrame } from '@/auth/auth-frame.tsx';
import { PasswordForm } from '@/auth/password-form.tsx';

export default function PasswordPage() {
  return (
    <AuthFrame>
      <PasswordForm />
    </AuthFrame>
  );
}
