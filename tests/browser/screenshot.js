// Copies the picture of the record's first page, made by the story, into the documents: `npm run screenshot`.

import { copyFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
copyFileSync(join(here, "out/en-home-wide-light.png"), join(here, "../../docs/screenshot.png"));
