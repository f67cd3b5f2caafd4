import { render } from "preact";
import { App } from "./app.tsx";
import { readHead } from "./data/read-data.ts";

const place = document.getElementById("app");
if (place) render(<App head={readHead()} />, place);
