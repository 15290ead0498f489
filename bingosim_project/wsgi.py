"""The WSGI application that web servers import."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bingosim_project.settings")

application = get_wsgi_application()

# What is loaded to serve pages stays. Garbage collections would look at all of it again, a tenth of a second
# each time, in the middle of requests.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
