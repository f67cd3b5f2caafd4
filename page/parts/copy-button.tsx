import { useState } from "preact/hooks";
import { VisibleText } from "./visible-text.tsx";

/** A command with a button that copies it. Where the browser does not allow that, the command is selected instead. */
export function Command({ command, label }: { command: string; label: string }) {
  const [said, say] = useState("");
  const copy = async (button: HTMLElement) => {
    const copied = await navigator.clipboard?.writeText(command).then(
      () => true,
      () => false,
    );
    if (!copied) select(button.previousElementSibling);
    say(copied ? "Copied" : "Selected: press Ctrl+C");
  };
  return (
    <span class="command">
      <code>
        <VisibleText text={command} />
      </code>
      <button type="button" aria-label={label} onClick={({ currentTarget }) => void copy(currentTarget)}>
        {said || "Copy"}
      </button>
    </span>
  );
}

function select(element: Element | null): void {
  if (element) getSelection()?.selectAllChildren(element);
}
