// What the first page needs. Other components import their Mantine sheets through
// mantine.ts. All of Mantine's sheets together would be twelve times as large; each
// is in a layer below the application's own.
import "@mantine/core/styles/baseline.layer.css";
import "@mantine/core/styles/default-css-variables.layer.css";
import "@mantine/core/styles/global.layer.css";
import "virtual:theme.css";

import "@mantine/core/styles/UnstyledButton.layer.css";
import "@mantine/core/styles/Button.layer.css";
import "@mantine/core/styles/Loader.layer.css";
import "@mantine/core/styles/Input.layer.css";
import "@mantine/core/styles/InlineInput.layer.css";
import "@mantine/core/styles/Checkbox.layer.css";

import "./fonts.css";
import "./base.css";
import "./mantine.css";
