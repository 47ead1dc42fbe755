"""MiniStack takes "test", any 12 digits and the configured key for the account's root, whose signature it does not
check. Here only the configured key is root; it is random and known to the local stack alone, so that nobody can walk
around IAM by naming a well-known key."""
import os

from ministack.core import iam_evaluator


def close() -> None:
    root_key = os.environ["AWS_ACCESS_KEY_ID"]

    def is_root_access_key(access_key_id: str) -> bool:
        return access_key_id == root_key

    # Before anything else is imported that takes the function by name.
    iam_evaluator.is_root_access_key = is_root_access_key
