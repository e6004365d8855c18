import { AuthFrame } from '@/auth/auth-frame.tsx';
import { ForgotPasswordForm } from '@/auth/forgot-password-form.tsx';

export default function ForgotPasswordPage() {
  return (
    <AuthFrame>
      <ForgotPasswordForm />
    </AuthFrame>
  );
}
