/** Copy text; where the browser forbids the clipboard (plain http), through the selected field. False when neither works. */
export async function copyText(text: string, field: HTMLInputElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (!field) return false;
    field.focus();
    field.select();
    try {
      // The only way on plain http; browsers keep it for that.
       
      return document.execCommand('copy');
    } catch {
      return false;
    }
  }
}
