"""Prints the JSON Schema of event documents: ``python -m events.document``."""

import json
import sys

from events.document import json_schema

sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
