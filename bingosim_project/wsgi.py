"""The WSGI application that web servers import."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bingosim_project.settings")

application = get_wsgi_application()

# Before anybody waits for it: all pages, their addresses, and what tells remembered pages of another release.
reverse("admin:index")
import_module("simulations.admin.remembered").release()

# What is loaded to serve pages stays. Garbage collections would look at all of it again, a tenth of a second
# each time, in the middle of requests.
gc.collect()
gc.freeze()
