"""The examples of deploy/, each started in front of a real paper: does every visitor get their own?"""
