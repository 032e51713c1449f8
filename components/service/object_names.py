"""The names of the Kubernetes objects that a service makes, before it makes them."""

from collections.abc import Iterator

from components.naming import derived_name
from components.service.configuration import jobs_object
from components.service.jobs import MAX_CRON_JOB
from components.service.replicas import replicas_of
from components.service.rollout_settings import canary_of, is_blue_green
from components.service.stateful_set import claim_name, governing_name
from components.service.volumes import claims_of, is_stateful
from components.types import ServiceSpec
