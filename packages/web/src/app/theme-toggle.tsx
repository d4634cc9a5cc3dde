import { type ReactElement, useState } from "react";
import { Choice } from "../part/choice.tsx";
import { chooseTheme, storedTheme, type Theme } from "./theme.ts";

const choices: readonly { readonly theme: Theme; readonly word: string }[] = [
  { theme: "system", word: "System theme" },
  { theme: "light", word: "Light theme" },
  { theme: "dark", word: "Dark theme" },
];

/** Light, dark, or as the operating system has it. */
export function ThemeToggle(): ReactElement {
  const [theme, setTheme] = useState(storedTheme);
  return (
    <Choice
      name="Theme"
      nameShown={false}
      value={theme}
      onChoose={(word) => {
        const chosen = choices.find((choice) => choice.theme === word)?.theme ?? "system";
        chooseTheme(chosen);
        setTheme(chosen);
      }}
    >
      {choices.map((choice) => (
        <option key={choice.theme} value={choice.theme}>
          {choice.word}
        </option>
      ))}
    </Choice>
  );
}
