"""Amazon SQS, and what speaks its protocol, through boto3."""
