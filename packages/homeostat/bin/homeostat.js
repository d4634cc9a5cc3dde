#!/usr/bin/env node
// A file that exists before the first build, so that the package manager can link the command.
import "../dist/app/main.js";
