"""What the web server loads. With IPFIN_JOB_IMMEDIATE jobs run in the request, without a worker."""

from ipfin.app import create_app
from ipfin.config import settings_from_environment
from ipfin.db import make_engine

app = create_app()

if settings_from_environment().job_immediate:
    from ipfin.worker import run_jobs_inline

    run_jobs_inline(settings_from_environment(), make_engine(settings_from_environment().database_url))
